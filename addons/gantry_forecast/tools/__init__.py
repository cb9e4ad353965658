from .copy import copy_from, copy_query, refresh_statistics
