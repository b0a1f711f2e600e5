"""Tuntas: the entry. `streamlit run dashboard.py`."""

import streamlit as st

from lib.web import shell

st.set_page_config(
    page_title="Tuntas – pemantauan rehabilitasi sosial",
    page_icon="static/favicon.png",
    layout="wide",
    initial_sidebar_state="auto",
)
shell.run()
