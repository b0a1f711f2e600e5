"""Rapat: figures for the screen of a meeting, always in tayang presentasi."""

import streamlit as st

from lib.web import decisions, filters, meeting, meeting_pack, meeting_stage
from lib.web.session import require_scope

scope = require_scope()

scope = meeting.for_the_screen(scope)
asked = meeting.calendar_choice(filters.current("rapat"))
choice = meeting.one_place(scope, asked)
if meeting_stage.follow_wish():
    st.rerun()

if meeting_stage.is_on(choice):
    meeting_stage.show(scope, choice)
    st.stop()

st.title("Rapat")
meeting.rules()
filters.bar(choice, scope.provinces, periods=meeting.PERIODS)
if choice != asked:
    meeting.why_one_place(choice)
meeting_stage.start_button()

meeting.headline(scope, choice)
meeting.cards(scope, choice)
decisions.in_meeting(scope, choice)
meeting.provinces(scope, asked)
meeting.clusters(scope, choice)
meeting.trend(scope, choice)
meeting_pack.section(scope, choice)
