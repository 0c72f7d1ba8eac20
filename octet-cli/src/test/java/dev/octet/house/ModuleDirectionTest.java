package dev.octet.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The directions between modules, and which of them may see which third-party library.
class ModuleDirectionTest {
  private static JavaClasses house;

  @BeforeAll
  static void read() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("testkit"))
            .importPackages("dev.octet");
  }

  @Test
  void modulesDependOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.octet..")
        .layer("ir")
        .definedBy("dev.octet.ir..", "dev.octet.transform..", "dev.octet.diagnostic..")
        .layer("quant")
        .definedBy(
            "dev.octet.numeric..",
            "dev.octet.stats..",
            "dev.octet.plan..",
            "dev.octet.rewrite..",
            "dev.octet.equalize..",
            "dev.octet.parity..",
            "dev.octet.target..",
            "dev.octet.inspect..",
            "dev.octet.lint..")
        .layer("run")
        .definedBy(
            "dev.octet.runtime..",
            "dev.octet.data..",
            "dev.octet.observe..",
            "dev.octet.calibrate..",
            "dev.octet.align..",
            "dev.octet.evaluate..")
        .layer("torch")
        .definedBy("dev.octet.torch..")
        .layer("libtorch")
        .definedBy("dev.octet.libtorch..")
        .layer("report")
        .definedBy("dev.octet.report..")
        .layer("cli")
        .definedBy("dev.octet.command..", "dev.octet.flow..")
        .whereLayer("ir")
        .mayOnlyBeAccessedByLayers("quant", "run", "torch", "libtorch", "report", "cli")
        .whereLayer("quant")
        .mayOnlyBeAccessedByLayers("run", "libtorch", "report", "cli")
        .whereLayer("run")
        .mayOnlyBeAccessedByLayers("libtorch", "report", "cli")
        .whereLayer("torch")
        .mayOnlyBeAccessedByLayers("libtorch", "cli")
        .whereLayer("libtorch")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("report")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(house);
  }

  @Test
  void numericAndStatisticsRunWithoutAGraph() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.octet.numeric..", "dev.octet.stats..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.octet.ir..", "dev.octet.plan..", "dev.octet.rewrite..")
        .check(house);
  }

  @Test
  void protobufStaysInFileReading() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.octet.ir.io..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "dev.octet.ir.io.proto..")
        .check(house);
  }

  @Test
  void eachNativeLibraryHasOneRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.octet.runtime..", "dev.octet.testkit..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .check(house);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.octet.libtorch..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(house);
  }

  @Test
  void commandLineLibraryStaysInCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.octet.command..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(house);
  }

  @Test
  void onlyTheEntryPointEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.octet.command.Octet")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(house);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.octet.(**)").should().beFreeOfCycles().check(house);
  }

  @Test
  void failuresAreOneFamily() {
    classes()
        .that()
        .areAssignableTo(RuntimeException.class)
        .and()
        .arePublic()
        .and()
        .resideOutsideOfPackage("dev.octet.ir.io.proto..")
        .should()
        .haveFullyQualifiedName("dev.octet.diagnostic.OctetException")
        .check(house);
  }
}
