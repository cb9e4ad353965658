from . import (
    gantry_layout_block_wizard,
    gantry_layout_generator,
    gantry_layout_import_wizard,
)
