package linkage

import (
	"testing"

	"careshare/sql"
)

func dump(t *testing.T, db *sql.DB, query string) {
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		t.Log(s)
	}
}
