"""Tuntas: the entry. `streamlit run dashboard.py`."""

from streamlit.starlette import App

if __name__ == "__main__":
    # Every run of a page executes this file again.
    from lib.web import shell

    shell.run()
else:
    # Once per server, which finds the name `app` by reading this file.
    from lib.web import server

    app = App(__file__, **server.parts())
