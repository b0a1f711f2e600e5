"""Rapat: figures for the screen of a meeting, always in tayang presentasi."""

import streamlit as st

from lib.web import decisions, filters, meeting, meeting_pack
from lib.web.session import require_scope

scope = require_scope()

scope = meeting.for_the_screen(scope)
choice = meeting.calendar_choice(filters.current("rapat"))

st.title("Rapat")
meeting.rules()
filters.bar(choice, scope.provinces, periods=meeting.PERIODS)

meeting.headline(scope, choice)
meeting.cards(scope, choice)
decisions.in_meeting(scope, choice)
meeting.provinces(scope, choice)
meeting.clusters(scope, choice)
meeting.trend(scope, choice)
meeting_pack.section(scope, choice)
