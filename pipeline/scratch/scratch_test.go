package scratch

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatAKilledProcessLeftIsSwept(t *testing.T) {
	outside := t.TempDir()
	t.Setenv("TMPDIR", outside)
	dead := filepath.Join(outside, "careshare-scratch-dead")
	if err := os.MkdirAll(filepath.Join(dead, "spill"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead, lockName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := Enter()
	if err != nil {
		t.Fatal(err)
	}
	inside := os.TempDir()
	if err := os.Setenv("TMPDIR", outside); err != nil { // as another process has it
		t.Fatal(err)
	}
	second, err := Enter()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(inside); err != nil {
		t.Error("a folder that is in use was swept")
	}
	if _, err := os.Stat(dead); err == nil {
		t.Error("what a killed process left is still there")
	}
	second()
	first()
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Setenv("TMPDIR", filepath.Join(outside, "nowhere"))
	if _, err := Enter(); err == nil {
		t.Error("a folder that is not there was used")
	}
}
