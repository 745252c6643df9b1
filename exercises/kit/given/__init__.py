"""What answers are given, and may raise: small models, a fake device, refusals. None of it holds an expected value.

Marking shows this folder, and no other part of the checks, to students' code.
"""
