// Package snapshot chooses, opens, explains, proves, verifies and prunes published snapshots.
package snapshot

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/relations"
	"careshare/schedules/london"
	"careshare/sql"
)

// TraceLines is the model that holds a run's request file.
const TraceLines = "int_trace_lines"

const (
	AuditName      = "audit-extracts"
	AuditProofName = AuditName + ".proof.json"
)

// Refined are the models kept for the council itself: what explains a decision. They hold no health content.
// Those of the second line are kept here whatever the agreement publishes of them: no history may end because an audience did.
var Refined = [...]string{
	"int_nhs_numbers", "int_episodes", "int_scope", "int_consents", "int_refusals", "int_same_people", "int_restrictions",
	"int_unread_consents", "int_unread_restrictions", TraceLines,
	ReviewQueue, "nhs_number_decisions", "trace_answers", "trace_requests",
	"cpis_uploads", "cpis_acknowledgements", "cpis_notifications", "cpis_inactive_numbers", "cpis_follow_ups", "cpis_failures",
	"int_figures", "int_safeguards",
	"int_bi_rows", // under pseudonyms, it says whose row is whose: how withhold takes one person out of bi
}

// RefinedFile is where a snapshot keeps a refined model.
func RefinedFile(s lake.Snapshot, model string) string {
	return filepath.Join(s.Path, "refined", model, "part-0.parquet")
}

// LinkageWeights says how the weight of each link of the run came about.
const LinkageWeights = "linkage_weights"

// ReviewQueue is the dataset and model of what a reviewer must decide.
const ReviewQueue = "nhs_number_reviews"

// unread is what of the case store a snapshot's run could not read.
func unread(snapshot lake.Snapshot) string {
	return filepath.Join(snapshot.Path, "quarantine", "casestore", "part-0.parquet")
}

// Open opens an engine over a published snapshot, with the refined models and the datasets under their names.
func Open(ctx context.Context, c config.Config, snapshot lake.Snapshot, manifest lake.Manifest) (*sql.DB, error) {
	db, err := c.OpenAside(ctx, snapshot.Path)
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
	for _, model := range slices.Concat(Refined[:], []string{LinkageWeights}) {
		if _, err := os.Stat(RefinedFile(snapshot, model)); err == nil { // an older version kept fewer
			files[model] = RefinedFile(snapshot, model)
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
	words, err := relations.ReasonWords(rules)
	if err != nil {
		return err
	}
	local, err := london.Local(manifest.AsAt)
	if err != nil {
		return err
	}
	lists, err := relations.ListRelations(rules)
	if err != nil {
		return err
	}
	return relations.Create(ctx, db, append(lists,
		relations.Relation{Name: "reasons", Columns: "reason varchar, words varchar", Rows: words},
		relations.Relation{Name: "settings", Columns: "as_at_local timestamp", Rows: []relations.Row{{"as_at_local": local}}},
	))
}
