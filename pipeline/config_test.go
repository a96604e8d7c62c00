package pipeline

import (
	"strings"
	"testing"
)

// A folder's name that the engine takes for a pattern would fail a run half-way, or read another folder.
func TestALakeWhoseNameIsAPatternIsRefused(t *testing.T) {
	t.Parallel()
	for lake, refused := range map[string]bool{"/srv/council [old]/lake": true, "/srv/council/lake*": true, "/srv/la?ke": true, "/srv/the council (2)/lake": false} {
		if err := (Config{Lake: lake}).Validate(); strings.Contains(err.Error(), "lake: the path of a lake may hold none of") != refused {
			t.Errorf("%s: %v", lake, err)
		}
	}
}
