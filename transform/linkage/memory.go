package linkage

import (
	"context"
	"crypto/sha256"
	dbsql "database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"careshare/sql"
)

// Memory is what a linkage starts from and leaves behind, so that only new and changed records are linked again, with the result
// that linking all of them by the same parameters would have given. It holds parameters, fingerprints under a key, levels and weights.
type Memory struct {
	Key    []byte  // of the fingerprints, 64 bytes at most; empty: nothing is remembered
	Before string  // schema that holds the last linkage's tables, by the names of Remembered; empty: there was none
	Moved  float64 // share of the records that may come, change or go before the parameters are learned again
}

// Remembered are the tables that a linkage with a key leaves in the schema linkage, for the next one.
func Remembered() []string {
	return []string{"linkage_model", "linkage_values", "linkage_records", "linkage_blocks", "linkage_pairs"}
}

// model is what was learned, and for whom it holds.
type model struct {
	Engine     string     `json:"engine"` // everything but the data that the score of a pair follows from
	Parameters Parameters `json:"parameters"`
	Moved      int64      `json:"moved"` // records that came, changed or went since the parameters were learned
}

// recall finds what the last linkage knew. Where it does not hold any more, e.before stays empty and everything is learned again.
func (e *engine) recall(ctx context.Context, r *Result) error {
	r.Fresh = e.lefts + e.rights
	if len(e.o.Memory.Key) == 0 {
		return nil
	}
	if err := e.seal(ctx); err != nil {
		return err
	}
	for _, name := range []string{"prints", "value_prints"} {
		if err := e.run(ctx, name, e.plan); err != nil {
			return err
		}
	}
	e.model.Engine = e.identity(ctx)
	if e.o.Memory.Before == "" {
		return nil
	}
	before := e.o.Memory.Before
	known, err := readModel(ctx, e.db, before)
	if err != nil || known.Engine == "" || known.Engine != e.model.Engine {
		return err
	}
	if err := e.run(ctx, "fresh", e.remembering()); err != nil {
		return err
	}
	fresh, moved, err := e.moved(ctx, before)
	if err != nil {
		return err
	}
	known.Moved += moved
	if float64(known.Moved) > e.o.Memory.Moved*float64(r.Fresh) {
		return nil
	}
	e.before, e.model = before, known
	r.Fresh = fresh
	return e.run(ctx, "frozen", e.remembering())
}

// seal makes the fingerprints' macro and binds the key, padded as HMAC has it.
func (e *engine) seal(ctx context.Context) error {
	if err := e.run(ctx, "seal", nil); err != nil {
		return err
	}
	if len(e.o.Memory.Key) > sha256.BlockSize {
		return errors.New("the key of the fingerprints is longer than a block")
	}
	inner, outer := make([]byte, sha256.BlockSize), make([]byte, sha256.BlockSize)
	copy(inner, e.o.Memory.Key)
	copy(outer, e.o.Memory.Key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	_, err := e.db.ExecContext(ctx, "insert into linkage.seal values (?, ?)", inner, outer)
	return err
}

// identity is a digest of what the score of a pair follows from beside the data and the parameters: the SQL, the engine that
// carries it out, what is compared, how blocks are made and capped. Hashes of values differ between versions of the engine.
func (e *engine) identity(ctx context.Context) string {
	var version string
	err := e.db.QueryRowContext(ctx, "select version()").Scan(&version)
	rules, err2 := sql.Digest(sql.Linkage)
	var blocks []string
	for _, r := range e.plan.candidateRules() {
		blocks = append(blocks, r.Name+": "+r.Parts())
	}
	text, err3 := json.Marshal([]any{version, rules, e.plan, blocks, e.plan.steps(), e.o.Keep, widestBlock, leastBudget, budgetPerRecord})
	if errors.Join(err, err2, err3) != nil {
		return "" // equal to no other: nothing is remembered
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

func readModel(ctx context.Context, db *sql.DB, schema string) (m model, err error) {
	var text string
	err = db.QueryRowContext(ctx, "select content from "+schema+".linkage_model").Scan(&text)
	if errors.Is(err, dbsql.ErrNoRows) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &m)
	}
	if err != nil {
		return m, fmt.Errorf("read model: %w", err)
	}
	return m, nil
}

// moved counts the fresh records, and those that came, changed or went.
func (e *engine) moved(ctx context.Context, before string) (fresh, moved int64, err error) {
	if fresh, err = e.count(ctx, "linkage.fresh"); err != nil {
		return 0, 0, err
	}
	var gone int64
	err = e.db.QueryRowContext(ctx, "select count(*) from "+before+".linkage_records k anti join linkage.prints p on p.print = cast(k.print as uuid)").Scan(&gone)
	return fresh, max(fresh, gone), err
}

// remembering is what the templates of the memory need.
func (e *engine) remembering() any {
	var rules []string
	for _, r := range e.plan.candidateRules() {
		rules = append(rules, r.Name)
	}
	before := e.before
	if before == "" {
		before = e.o.Memory.Before
	}
	return struct {
		plan
		Before string
		Rules  []string
	}{e.plan, before, rules}
}

// flipped notes a rule's wide keys, and marks who is in a block that has become wide or narrow since.
func (e *engine) flipped(ctx context.Context, k int, rule string) error {
	if _, err := e.db.ExecContext(ctx, "insert into linkage.wide select ?, k from linkage.wide_keys where is_wide", rule); err != nil || e.before == "" {
		return err
	}
	return e.run(ctx, "flipped", struct {
		Before, Rule string
		K            int
	}{e.before, sql.Quote(rule), k})
}

// freshen tells the keys of those who were marked.
func (e *engine) freshen(ctx context.Context) error {
	if e.before == "" {
		return nil
	}
	_, err := e.db.ExecContext(ctx, "update linkage.keys set is_fresh = true where not is_fresh and r in (select r from linkage.fresh)")
	return err
}

// takeRemembered takes the pairs of two records that are both as they were.
func (e *engine) takeRemembered(ctx context.Context) (int64, error) {
	if e.before == "" {
		return 0, nil
	}
	scored, err := e.count(ctx, "linkage.scored")
	if err != nil {
		return 0, err
	}
	if err := e.run(ctx, "remembered", e.remembering()); err != nil {
		return 0, err
	}
	all, err := e.count(ctx, "linkage.scored")
	return all - scored, err
}

// remember leaves the tables for the next linkage.
func (e *engine) remember(ctx context.Context, p Parameters) error {
	if len(e.o.Memory.Key) == 0 {
		return nil
	}
	e.model.Parameters = p
	text, err := json.Marshal(e.model)
	if err != nil {
		return err
	}
	if _, err := e.db.ExecContext(ctx, "create or replace table linkage.linkage_model as select ? as content", string(text)); err != nil {
		return err
	}
	var rules []string
	for _, r := range e.plan.candidateRules() {
		rules = append(rules, r.Name)
	}
	return e.run(ctx, "memory", struct {
		Before string
		Rules  []string
	}{e.before, rules})
}
