from . import test_demo_access, test_demo_story, test_demo_tour, test_demo_trace
