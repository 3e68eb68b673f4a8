"""The page: a Streamlit app over the same objects as the library and the command."""
