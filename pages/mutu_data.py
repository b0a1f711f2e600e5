"""Mutu data: when each province sent, how much, and how late; importing, undoing, what was refused."""

import streamlit as st

from lib.web import filters, intake_log, quality, quality_delay
from lib.web.session import require_scope

scope = require_scope()

filters.current("mutu_data")

st.title("Mutu data")
quality.headline(scope)
quality.provinces(scope)
quality_delay.section(scope)
intake_log.sections(scope)
