"""What a visitor sees: parts of the pages, their caches, the frame around them."""

import pandas as pd

# The frames of a page are small and many: their texts, and the names of their columns, as Python's own strings cost
# half as much to build, match and choose from as pyarrow's, whose gain shows only in columns of very many rows.
pd.set_option("mode.string_storage", "python")
