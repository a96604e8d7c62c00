package flow

import (
	"context"
	"fmt"
	"slices"

	"careshare/load/lake"
	"careshare/pipeline/snapshot"
	"careshare/sql"
	"careshare/transform/linkage"
)

// linkageBefore is the schema of what the last run's linkage left.
const linkageBefore = "linkage_before"

// rememberLinkage finds the lake's key, and what the last linkage left under it.
func (m *Memory) rememberLinkage(ctx context.Context, lake *lake.Lake) (err error) {
	if m.key, err = lake.Key(); err != nil || m.key == nil {
		return err
	}
	for _, table := range linkage.Remembered() {
		kept, found, err := lake.Kept(ctx, table)
		if err != nil {
			return err
		}
		if found {
			m.linkage[table] = kept
		}
	}
	return nil
}

// linkageSchema is where the engine finds the last linkage; empty where a part of it is missing.
func (m Memory) linkageSchema() string {
	if len(m.linkage) < len(linkage.Remembered()) {
		return ""
	}
	return linkageBefore
}

// createLinkageBefore makes views over what the last linkage left.
func (m Memory) createLinkageBefore(ctx context.Context, db *sql.DB) error {
	if err := execute(ctx, db, "create schema "+linkageBefore); err != nil {
		return err
	}
	for table, kept := range m.linkage {
		if err := execute(ctx, db, fmt.Sprintf("create view %s.%s as from %s", linkageBefore, table, sql.ParquetFile(kept.Path))); err != nil {
			return err
		}
	}
	return nil
}

// keepLinkage puts what this linkage leaves where Stage finds it.
func (m Memory) keepLinkage(ctx context.Context, db *sql.DB) error {
	if m.key == nil { // a plan for a lake that has no key yet
		return nil
	}
	for _, table := range linkage.Remembered() {
		if err := execute(ctx, db, fmt.Sprintf("create view main.%[1]s as from linkage.%[1]s", table)); err != nil {
			return err
		}
	}
	return nil
}

// refined are the models that this run keeps for the council.
func (j *Job) refined(m Memory) []string {
	kept := slices.Concat(snapshot.Refined[:], []string{snapshot.LinkageWeights})
	if j.Config.Linkage.People && m.key != nil {
		kept = append(kept, linkage.Remembered()...)
	}
	return kept
}
