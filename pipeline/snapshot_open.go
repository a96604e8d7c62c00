package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"careshare/load/lake"
	"careshare/london"
	"careshare/sql"
)

// biAudience is whose datasets the dictionary describes and the catalog opens.
const biAudience = "bi"

// traceLines is the model that holds a run's request file.
const traceLines = "int_trace_lines"

const (
	auditName      = "audit-extracts"
	auditProofName = auditName + ".proof.json"
)

// refined are the models kept for the council itself: what explains a decision. They hold no health content.
// Those of the second line are kept here whatever the agreement lets out of them: no history may end because an audience did.
var refined = [...]string{
	"int_nhs_numbers", "int_episodes", "int_scope", "int_consents", "int_refusals", "int_same_people", "int_restrictions",
	"int_unread_consents", "int_unread_restrictions", traceLines,
	reviewQueue, "nhs_number_decisions", "trace_answers", "trace_requests",
	"cpis_uploads", "cpis_acknowledgements", "cpis_notifications", "cpis_inactive_numbers", "cpis_follow_ups", "cpis_failures",
	"int_figures",
}

func refinedFile(s lake.Snapshot, model string) string {
	return filepath.Join(s.Path, "refined", model, "part-0.parquet")
}

// linkageWeights says how the weight of each link of the run came about.
const linkageWeights = "linkage_weights"

// reviewQueue is the dataset and model of what a reviewer must decide.
const reviewQueue = "nhs_number_reviews"

// unread is what of the case store a snapshot's run could not read.
func unread(snapshot lake.Snapshot) string {
	return filepath.Join(snapshot.Path, "quarantine", "casestore", "part-0.parquet")
}

// openSnapshot opens an engine over a published snapshot, with the refined models and the datasets under their names.
func openSnapshot(ctx context.Context, c Config, snapshot lake.Snapshot, manifest lake.Manifest) (*sql.DB, error) {
	db, err := c.openAside(ctx, snapshot.Path)
	if err != nil {
		return nil, err
	}
	if err := createSnapshotViews(ctx, db, c.Ruleset(), snapshot, manifest); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func createSnapshotViews(ctx context.Context, db *sql.DB, rules fs.FS, snapshot lake.Snapshot, manifest lake.Manifest) error {
	files := map[string]string{}
	for _, model := range slices.Concat(refined[:], []string{linkageWeights}) {
		if _, err := os.Stat(refinedFile(snapshot, model)); err == nil { // an older version kept fewer
			files[model] = refinedFile(snapshot, model)
		}
	}
	for _, d := range manifest.Datasets {
		file := filepath.Join(snapshot.Path, filepath.FromSlash(d.Path))
		if _, err := os.Stat(file); err == nil { // retention takes shared health records first
			files[d.Dataset] = file
		}
	}
	if _, err := os.Stat(unread(snapshot)); err == nil {
		files["unread"] = unread(snapshot)
	}
	for name, file := range files {
		if _, err := db.ExecContext(ctx, fmt.Sprintf("create view %s as select * from %s", name, sql.ParquetFile(file))); err != nil {
			return fmt.Errorf("open %s: %w", name, err)
		}
	}
	words, err := reasonWords(rules)
	if err != nil {
		return err
	}
	local, err := london.Local(manifest.AsAt)
	if err != nil {
		return err
	}
	lists, err := listRelations(rules)
	if err != nil {
		return err
	}
	return createRelations(ctx, db, append(lists,
		relation{"reasons", "reason varchar, words varchar", words},
		relation{"settings", "as_at_local timestamp", []row{{"as_at_local": local}}},
	))
}
