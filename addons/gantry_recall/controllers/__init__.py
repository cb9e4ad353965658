from . import fsma, portal
