package dev.octet.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/// Runs the benchmarks with JMH's own command line, then prints each as a multiple of its group's
/// `copy`.
public final class Benchmarks {
  private static final String BASELINE = "copy";

  private Benchmarks() {}

  public static void main(String[] args)
      throws RunnerException, CommandLineOptionException, IOException {
    CommandLineOptions options = new CommandLineOptions(args);
    if (options.shouldHelp()) {
      options.showHelp();
      return;
    }
    if (options.shouldList()) {
      new Runner(options).list();
      return;
    }
    print(new Runner(options).run());
  }

  private static void print(Collection<RunResult> results) {
    Map<String, Double> baselines = new LinkedHashMap<>();
    for (RunResult result : results) {
      if (method(result).equals(BASELINE)) {
        baselines.put(group(result), score(result));
      }
    }
    System.out.printf("%n%-60s %14s %14s%n", "benchmark", "us", "times a copy");
    for (RunResult result : results) {
      Double baseline = baselines.get(group(result));
      String ratio =
          baseline == null ? "-" : String.format(Locale.ROOT, "%.2f", score(result) / baseline);
      System.out.printf(Locale.ROOT, "%-60s %14.2f %14s%n", label(result), score(result), ratio);
    }
  }

  private static double score(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  private static String method(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String label(RunResult result) {
    String name = result.getParams().getBenchmark();
    String type = name.substring(0, name.lastIndexOf('.'));
    return type.substring(type.lastIndexOf('.') + 1) + "." + method(result) + parameters(result);
  }

  /// Benchmarks of one class with the same parameters share a baseline.
  private static String group(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.substring(0, name.lastIndexOf('.')) + parameters(result);
  }

  private static String parameters(RunResult result) {
    StringBuilder text = new StringBuilder();
    for (String key : result.getParams().getParamsKeys()) {
      text.append(' ').append(key).append('=').append(result.getParams().getParam(key));
    }
    return text.toString();
  }
}
