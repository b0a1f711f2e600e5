"""Pengguna: who has which rights, for the keeper of the data."""

import streamlit as st

from lib.web import filters, people
from lib.web.session import require_scope

require_scope()

filters.current("pengguna")

st.title("Pengguna")
people.introduction()
people.listing()
people.edit()
