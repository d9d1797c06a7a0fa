from hypothesis import settings

# A failing example is printed as what reproduces it; a busy machine is no failure.
settings.register_profile("unit", print_blob=True, deadline=None)
settings.load_profile("unit")
