"""Mutu data: when each province sent, and how much."""

import streamlit as st

from lib.web import filters, quality
from lib.web.session import require_scope

scope = require_scope()

filters.current("mutu_data")

st.title("Mutu data")
quality.headline(scope)
quality.provinces(scope)
