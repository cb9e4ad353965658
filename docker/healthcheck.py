#!/usr/bin/env python3
"""Healthy when Odoo answers on its health route."""

import sys
import urllib.request

try:
    with urllib.request.urlopen("http://127.0.0.1:8069/web/health", timeout=8) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(str(error))
