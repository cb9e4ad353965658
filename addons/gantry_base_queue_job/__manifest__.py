{
    "name": "Gantry on the Job Queue",
    "summary": "Runs Gantry's background jobs on the OCA job queue, on several workers or machines",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_base", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
