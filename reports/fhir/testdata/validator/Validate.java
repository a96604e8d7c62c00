import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.nio.file.*;
import java.util.*;
import org.hl7.fhir.common.hapi.validation.support.*;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;

// Validate DEFINITIONS FOLDER...: checks every line of FOLDER/*.ndjson against its profiles with HAPI FHIR. DEFINITIONS has
// structuredefinitions/, codesystems/ and valuesets/ in XML. It prints one line a finding, and a line of counts a folder.
class Validate {
    public static void main(String[] args) throws Exception {
        FhirContext context = FhirContext.forR4();
        PrePopulatedValidationSupport profiles = new PrePopulatedValidationSupport(context);
        for (String folder : List.of("structuredefinitions", "codesystems", "valuesets")) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(args[0], folder), "*.xml")) {
                for (Path file : files) {
                    profiles.addResource(context.newXmlParser().parseResource(Files.readString(file)));
                }
            }
        }
        ValidationSupportChain chain = new ValidationSupportChain(
            profiles, new DefaultProfileValidationSupport(context), new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context), new UnknownCodeSystemWarningValidationSupport(context) {{
                setNonExistentCodeSystemSeverity(IssueSeverity.WARNING);
            }}, new SnapshotGeneratingValidationSupport(context));
        FhirInstanceValidator instance = new FhirInstanceValidator(chain);
        instance.setNoTerminologyChecks(false);
        FhirValidator validator = context.newValidator().registerValidatorModule(instance);
        for (String folder : Arrays.copyOfRange(args, 1, args.length)) {
            validate(validator, Path.of(folder));
        }
    }

    static void validate(FhirValidator validator, Path folder) throws Exception {
        int resources = 0, errors = 0, warnings = 0;
        List<Path> exported = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.ndjson")) {
            files.forEach(exported::add);
        }
        Collections.sort(exported);
        for (Path file : exported) {
            int line = 0;
            for (String text : Files.readAllLines(file)) {
                line++;
                resources++;
                for (SingleValidationMessage m : validator.validateWithResult(text).getMessages()) {
                    switch (m.getSeverity()) {
                        case ERROR: case FATAL: errors++; break;
                        case WARNING: warnings++; break;
                        default: continue;
                    }
                    System.out.printf("%s %s:%d %s %s%n", m.getSeverity(), file.getFileName(), line, m.getLocationString(), m.getMessage());
                }
            }
        }
        System.out.printf("%d resources, %d errors, %d warnings%n", resources, errors, warnings);
    }
}
