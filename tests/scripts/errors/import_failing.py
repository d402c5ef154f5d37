# SPDX-License-Identifier: MIT
# An exception while a module is imported: its lines are in the traceback.
import _failing_module
