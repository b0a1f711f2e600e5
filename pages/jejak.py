"""Jejak akses: who opened, took and was refused what."""

import streamlit as st

from lib.web import audit_trail, filters
from lib.web.session import require_scope

require_scope()

filters.current("jejak")

st.title("Jejak akses")
audit_trail.introduction()
audit_trail.listing()
