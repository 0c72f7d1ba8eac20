/// What will go wrong with a model, said before anyone waits for calibration or ships the file.
///
/// [LintRule] is one kind of finding; the standard ones are one hand-written list,
/// [StandardRules]. A rule looks at a [LintSubject] (the model with its shapes inferred, and the
/// runtime it should run on, if that was said) and returns [Finding]s. It edits nothing and runs
/// nothing. A [Finding] names the node, gives the reason in figures of that node, and carries a
/// [Fix]: the command line that removes the cause, or, where no command can, the change to make in
/// the program the model comes from.
///
/// A rule that would be wrong about a good model does not belong here: what is only likely is a
/// [Severity#NOTE], what costs accuracy or speed as the model stands is a [Severity#WARNING], what
/// will not run or is numerically wrong is an [Severity#ERROR].
///
/// What ONNX Runtime does on a CPU is [IntegerKernels]; which opset and format a release takes is
/// [RuntimeVersion]. To add a rule: write one class, test it, add one line to [StandardRules].
@NullMarked
package dev.octet.lint;

import org.jspecify.annotations.NullMarked;
