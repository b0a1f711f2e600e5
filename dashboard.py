"""Tuntas: the entry. `streamlit run dashboard.py`."""

from lib.web import shell

shell.run()
