"""quod: derive, prove and check solutions of statistics and machine-learning exercises."""
