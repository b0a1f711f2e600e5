"""Tindak lanjut: what meetings decided, how its figure moved since, and notes on the charts."""

import streamlit as st

from lib.web import decisions, decisions_write, filters
from lib.web.session import require_scope

scope = require_scope()

choice = filters.current("tindak_lanjut")

st.title("Tindak lanjut")
decisions_write.fulfil(scope)
decisions.headline(scope)
decisions.listing(scope, choice)
decisions_write.add(scope)
decisions_write.change(scope)
decisions_write.notes(scope)
