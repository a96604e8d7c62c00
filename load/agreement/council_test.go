package agreement

import (
	"os"
	"testing"

	"careshare/sql"
)

// council is the small council of ../testdata/world.sql in an engine.
type council struct {
	*testing.T
	db        *sql.DB
	contracts Contracts
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	c := &council{T: t}
	c.contracts, _ = theAgreement(t)
	db, err := sql.Open(t.Context(), sql.Options{Memory: "512MB", Threads: 2, Spill: t.TempDir()})
	c.ok(err)
	t.Cleanup(func() { db.Close() })
	c.db = db
	tables, err := os.ReadFile("../testdata/world.sql")
	c.ok(err)
	c.exec(string(tables))
	return c
}

func theAgreement(t *testing.T) (Contracts, Agreement) {
	t.Helper()
	contracts, err := ReadContracts(os.DirFS("../testdata"))
	if err != nil {
		t.Fatal(err)
	}
	agreement, err := Read("../testdata/agreement.yaml", contracts)
	if err != nil {
		t.Fatal(err)
	}
	return contracts, agreement
}

func (c *council) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *council) exec(query string) {
	c.Helper()
	_, err := c.db.ExecContext(c.Context(), query)
	c.ok(err)
}
