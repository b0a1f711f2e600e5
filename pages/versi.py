"""Versi: kept versions, and what has changed between two of them."""

import streamlit as st

from lib.web import filters, kept, kept_changes
from lib.web.session import require_scope

scope = require_scope()

kept.act(scope)
choice = filters.current("versi")

st.title("Versi")
kept.introduction()
kept.listing(scope)
kept.form(scope)
kept_changes.section(scope, choice)
