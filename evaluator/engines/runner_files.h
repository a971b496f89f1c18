#ifndef EVALRUN_EVALUATOR_ENGINES_RUNNER_FILES_H
#define EVALRUN_EVALUATOR_ENGINES_RUNNER_FILES_H
/* The files of evaluator/engines/runners, each as text: cmake/Runners.cmake. */

extern const char runner_python_wire[];
extern const char runner_python_grader[];
extern const char runner_python_candidate[];
extern const char runner_js_wire[];
extern const char runner_js_grader[];
extern const char runner_js_candidate[];
extern const char runner_java_build[];
extern const char runner_go_assert[];
extern const char runner_go_build[];
extern const char runner_go_prepare[];

#endif
