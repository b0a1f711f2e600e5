"""Kamus: every figure's definition, from the records."""

import streamlit as st

from lib.web import dictionary, filters
from lib.web.session import require_scope

scope = require_scope()

filters.current("kamus")

st.title("Kamus indikator")
st.markdown("Arti setiap angka: apa yang dihitung, dari apa, kapan, dan siapa yang tidak dihitung.")

dictionary.conventions()
dictionary.two_versions()
dictionary.records(scope)
