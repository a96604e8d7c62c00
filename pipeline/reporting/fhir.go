package reporting

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports/fhir"
)

// DirectCare is the audience of health and social care workers, and the report that it may read.
const DirectCare = "direct-care"

// outgoing are the datasets that the council gives to health (phase one of the case study).
var outgoing = [...]string{
	"people", "advocates_and_next_of_kin", "accessible_information", "case_status", "allocated_teams", "allocated_workers",
}

// makeFHIR writes the outgoing datasets as a FHIR bulk export, and compares both forms row by row. Without the dataset
// people, or the council's code, there is no export.
func makeFHIR(ctx context.Context, from snapshot.Source) error {
	var datasets []string
	rows := map[string]int64{}
	for _, d := range from.Manifest.Datasets {
		if d.Audience == DirectCare && slices.Contains(outgoing[:], d.Dataset) || d.Dataset == "disclosures" {
			datasets, rows[d.Dataset] = append(datasets, d.Dataset), d.Rows
		}
	}
	if !slices.Contains(datasets, "people") || from.Config.CPIS.AuthorityCode == "" {
		return nil
	}
	if err := os.MkdirAll(from.To, 0o700); err != nil {
		return fault.Explain("write FHIR export", err)
	}
	options := fhir.Options{
		AsAt: from.Manifest.AsAt, CouncilName: from.Config.CPIS.AuthorityName, CouncilCode: from.Config.CPIS.AuthorityCode,
		Datasets: datasets, Request: "careshare report " + DirectCare + " --snapshot " + from.Manifest.Run, To: from.To,
	}
	if from.Previous != "" {
		options.Previous = filepath.Join(from.Previous, "reports", DirectCare)
	}
	exported, err := fhir.Write(ctx, from.DB, from.Config.Decides, options)
	if err != nil {
		return err
	}
	for _, dataset := range outgoing {
		if slices.Contains(datasets, dataset) && exported[dataset] != rows[dataset] {
			return fmt.Errorf("write FHIR export: %s has %d rows, the export has %d of them", dataset, rows[dataset], exported[dataset])
		}
	}
	return nil
}

// snapshotBefore is the folder of the newest snapshot that is older than another; empty where there is none.
func snapshotBefore(of lake.Snapshot, c config.Config) (string, error) {
	entries, err := os.ReadDir(filepath.Join(c.Lake, "snapshots"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	before := ""
	for _, entry := range entries { // by name, which is by moment
		if entry.Name() < of.ID {
			before = filepath.Join(c.Lake, "snapshots", entry.Name())
		}
	}
	return before, err
}

// WithoutPerson makes the FHIR export again where a person is withheld: it names people, so it cannot be taken over.
func WithoutPerson(c config.Config) lake.Remake {
	return lake.Remake{Folders: []string{DirectCare}, Make: func(ctx context.Context, staged lake.Snapshot, manifest lake.Manifest, to, scratch string) error {
		if err := MakeReports(ctx, c, staged, manifest, to, scratch, []Layout{{Name: DirectCare, Make: makeFHIR}}); err != nil {
			return err
		}
		return MakeIndexes(ctx, c, staged, manifest, to, DirectCare)
	}}
}
