"""Ringkasan: the national picture in ten seconds."""

import streamlit as st

from lib import text
from lib.web import cache, filters, overview
from lib.web.session import require_scope

scope = require_scope()

choice = filters.current("ringkasan")
case_filter = choice.case_filter()
figures = cache.measured(scope, overview.KODES, case_filter).set_index("kode", drop=False)

st.title("Ringkasan")
st.markdown(f"#### {text.headline(figures, place=overview.place(choice))}")
filters.bar(choice, scope.provinces)

overview.cards(scope, choice, figures)
overview.corong_and_stock(figures, choice)
overview.provinces(scope, choice)
overview.needs_attention(scope, choice)
overview.trends(scope, case_filter)
overview.clusters(scope, case_filter)
