"""What `Benchmarks/run.py` is made of: workloads and targets, the programs that it runs, and the tables it writes."""
