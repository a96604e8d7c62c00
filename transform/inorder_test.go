package transform

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

// However tasks are listed, each is done once, after those that it comes after; what nobody is to do is not waited for.
func TestTasksAreDoneInOrder(t *testing.T) {
	var lock sync.Mutex
	var done []string
	note := func(name string, after ...string) task {
		return task{name, after, func(context.Context) error {
			lock.Lock()
			defer lock.Unlock()
			done = append(done, name)
			return nil
		}}
	}
	if err := inOrder(t.Context(), []task{note("e", "c", "d"), note("d", "b"), note("c", "b", "source.table"), note("b", "a"), note("a")}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(done[2:4]) // c and d do not know of each other
	if !slices.Equal(done, []string{"a", "b", "c", "d", "e"}) {
		t.Errorf("done in the order %v", done)
	}
}

func TestTheFirstErrorStopsTheRest(t *testing.T) {
	broken := errors.New("broken")
	err := inOrder(t.Context(), []task{
		{"b", []string{"a"}, func(context.Context) error { t.Error("b was done without a"); return nil }},
		{"a", nil, func(context.Context) error { return broken }},
	})
	if !errors.Is(err, broken) {
		t.Errorf("inOrder() = %v", err)
	}
}
