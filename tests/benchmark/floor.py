"""An app with nothing to compute: a choice, so many charts of four bars, so many single numbers.

What it takes to draw is the framework's and the drawing library's own time; no page of the product can be quicker.
"""

import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
choices = ["Semua", *st.query_params["pilihan"].split(",")]
chosen = st.selectbox("Provinsi", choices)
st.query_params["provinsi"] = chosen
height = 10 * (1 + choices.index(chosen))
for number in range(int(st.query_params["angka"])):
    st.metric(f"Angka {number}", height + number)
for number in range(int(st.query_params["grafik"])):
    figure = go.Figure(
        {
            "data": [{"type": "bar", "x": ["a", "b", "c", "d"], "y": [height, height + number, 2, 3]}],
            "layout": {
                "datarevision": "tetap",
                "height": 250,
                "margin": {"l": 60, "r": 20, "t": 30, "b": 40},
            },
        }
    )
    figure.layout.template = None
    st.plotly_chart(figure, key=f"grafik{number}", theme=None)
