"""Contract suites that built-ins and plug-ins pass alike, and a scope over tables in memory for testing a stage.

Subclass a suite in a test module, say what is under test, and pytest runs the suite's tests.
"""

from counterflow.testing.exporters import ExporterContract
from counterflow.testing.readers import ReaderContract
from counterflow.testing.scopes import ScopeContract
from counterflow.testing.tables import claims_of, scope_of, whole
from counterflow.testing.typologies import TypologyContract

__all__ = ["ExporterContract", "ReaderContract", "ScopeContract", "TypologyContract", "claims_of", "scope_of", "whole"]
