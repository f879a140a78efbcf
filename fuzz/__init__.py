"""Coverage-guided fuzzing: `make fuzz SECONDS=60`, or `python -m fuzz formula 60`.

Each target is a module with TestOneInput(bytes); fuzz/corpus keeps the inputs worth keeping, and
tests/reliability/test_corpus.py runs them without a fuzzer.
"""
