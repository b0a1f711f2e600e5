"""Provinsi: one province, beside the nation, down to its kab/kota, pendamping and stuck cases."""

import streamlit as st

from lib.web import decisions, filters, province, quality
from lib.web.session import require_scope

scope = require_scope()

choice = filters.current("provinsi")
province.title(scope, choice)
filters.bar(choice, scope.provinces)

if not choice.provinsi:
    province.chooser(scope, choice)
    st.stop()

own = province.figures(scope, choice)
if not province.headline(scope, choice, own):
    st.stop()

quality.beside(scope, choice)
province.figure_cards(scope, choice, own)
decisions.beside(scope, province.FIGURES, choice.provinsi)
province.watched(scope, choice)
province.places(scope, choice)
province.clusters(scope, choice)
province.team(scope, choice)
province.stuck(scope, choice, own)
