"""What the Web API takes and refuses, method by method, on a workspace with one of everything."""
