"""The questions that a view answers, a class for each stage of the line; `views.view.View` is all of them in one."""
