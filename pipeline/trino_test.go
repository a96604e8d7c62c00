//go:build trino

package pipeline

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const trinoVersion = "476"

// notOnTrino are the models that Trino does not carry out as they stand, and what they say that it cannot.
var notOnTrino = map[string]string{
	"int_annex_a_findings":         "JSON, whose functions have other names there",
	"dim_person_tiers":             "different people counted over a window",
	"fact_consent_request_tiers":   "different people counted over a window",
	"fact_cpis_access_tiers":       "different people counted over a window",
	"fact_episode_tiers":           "different people counted over a window",
	"fact_sharing_decision_tiers":  "different people counted over a window",
	"int_cld_field_results":        "unpivot",
	"int_figures":                  "recursion without end; Trino's has a set depth",
	"int_ssda903_child_findings":   "lists of records",
	"int_ssda903_episode_findings": "lists of records",
	"int_ssda903_year_findings":    "lists of records",
	"return_changes":               "JSON and lists",
	"return_rows":                  "JSON",
}

// TestModelsOnTrino makes every model and asks every check of the demo on Trino, too, by sql/trino.sql and without the edit of a letter, from
// the tables that DuckDB made, and compares the rows there. Maven fetches Trino (0.8 GB, once); it wants Java 24 or later in JAVA_HOME or PATH.
func TestModelsOnTrino(t *testing.T) {
	kept, tables, models := tablesForTrino(t)
	routines, err := os.ReadFile("../sql/trino.sql")
	if err != nil {
		t.Fatal(err)
	}
	trino := startTrino(t, kept)
	for _, statements := range []string{tables, string(routines)} {
		if _, said, err := trino.run(statements); err != nil {
			t.Fatal(err, said)
		}
	}
	var compare strings.Builder
	for made, query := range models {
		_, name, _ := strings.Cut(made, ".")
		fmt.Fprintf(&compare, "select '%[1]s', count(*) from ((select * from (\n%[3]s\n) except all select * from %[2]s)\n"+
			"union all (select * from %[2]s except all select * from (\n%[3]s\n)));\n", name, made, query)
	}
	rows, said, _ := trino.run(compare.String(), "--ignore-errors")
	ran := 0
	for made := range models {
		_, name, _ := strings.Cut(made, ".")
		switch {
		case strings.Contains("\n"+rows, "\n"+name+"\t0\n"):
			ran++
		case strings.Contains("\n"+rows, "\n"+name+"\t"):
			t.Errorf("%s has other rows on Trino", name)
		case notOnTrino[name] == "":
			t.Errorf("%s does not run on Trino", name)
		}
	}
	for name := range notOnTrino {
		if strings.Contains("\n"+rows, "\n"+name+"\t") {
			t.Errorf("%s runs on Trino after all", name)
		}
	}
	t.Logf("%d of %d models and checks have the same rows on Trino %s", ran, len(models), trinoVersion)
	if t.Failed() {
		t.Log(said)
	}
}

// trino is a server on this machine, its tables in memory.
type trino struct{ java, client, address string }

// startTrino starts one that can read a DuckDB database, too, and stops it at the test's end.
func startTrino(t *testing.T, database string) trino {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	programs, folder := filepath.Join(cache, "careshare-tests", "trino-"+trinoVersion), t.TempDir()
	fetchTrino(t, programs)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	free.Close()
	for name, text := range map[string]string{
		"node.properties": "node.environment=test\nnode.bind-ip=127.0.0.1\nnode.internal-address=127.0.0.1\nnode.data-dir=" + filepath.Join(folder, "data"),
		"jvm.config":      "-Xmx4G\n--add-modules=jdk.incubator.vector\n--enable-native-access=ALL-UNNAMED",
		"config.properties": fmt.Sprintf("coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port=%s\ndiscovery.uri=http://%s\n", port, address) +
			"query.max-stage-count=900\nquery.max-length=10000000\nsql.default-function-catalog=memory\nsql.default-function-schema=default\nsql.path=memory.default",
		"catalog/memory.properties": "connector.name=memory\nmemory.max-data-per-node=1GB",
		"catalog/tables.properties": "connector.name=duckdb\nconnection-user=\nconnection-url=jdbc:duckdb:" + database,
	} {
		path := filepath.Join(folder, "etc", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command(filepath.Join(programs, "trino-server-"+trinoVersion, "bin", "launcher"), "run", "--etc-dir", filepath.Join(folder, "etc"))
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	started := trino{java: "java", client: filepath.Join(programs, "trino-cli-executable.jar"), address: address}
	if home := os.Getenv("JAVA_HOME"); home != "" {
		started.java = filepath.Join(home, "bin", "java")
	}
	for range 120 {
		time.Sleep(time.Second)
		if rows, _, err := started.run("select 1;"); err == nil && rows == "1\n" {
			return started
		}
	}
	said, err := os.ReadFile(log.Name())
	t.Fatalf("Trino does not start: %v\n%s", err, said[max(len(said)-4000, 0):])
	return trino{}
}

// run carries out statements and gives the rows, tab-separated, and what went wrong.
func (s trino) run(statements string, more ...string) (rows, said string, err error) {
	command := exec.Command(s.java, append([]string{"-jar", s.client, "--server", "http://" + s.address, "--catalog", "memory", "--schema", "main",
		"--timezone", "UTC", "--output-format", "TSV", "--file", "/dev/stdin"}, more...)...)
	var out, wrong strings.Builder
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(statements), &out, &wrong
	err = command.Run()
	return out.String(), wrong.String(), err
}

// fetchTrino puts the server and its command line into a folder by Maven's client, unless they are there.
func fetchTrino(t *testing.T, folder string) {
	done := filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, artifact := range []string{"trino-server:" + trinoVersion + ":tar.gz", "trino-cli:" + trinoVersion + ":jar:executable"} {
		copied := exec.Command("mvn", "-q", "-B", "dependency:copy", "-Dartifact=io.trino:"+artifact, "-DoutputDirectory="+folder, "-Dmdep.stripVersion=true")
		if out, err := copied.CombinedOutput(); err != nil {
			t.Fatalf("fetch %s: %v: %s", artifact, err, out)
		}
	}
	packed := filepath.Join(folder, "trino-server.tar.gz")
	if out, err := exec.Command("tar", "xzf", packed, "-C", folder).CombinedOutput(); err != nil {
		t.Fatalf("unpack Trino: %v: %s", err, out)
	}
	if err := errors.Join(os.Remove(packed), os.WriteFile(done, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
}
