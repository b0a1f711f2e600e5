"""Provinsi."""

import streamlit as st

from lib.web import filters
from lib.web.session import require_scope

scope = require_scope()

choice = filters.current("provinsi")
st.title("Provinsi")
filters.bar(choice, scope.provinces)
