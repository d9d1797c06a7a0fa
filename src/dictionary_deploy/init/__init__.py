"""Write the configuration and the workflow for a repository. Overwrites nothing."""
