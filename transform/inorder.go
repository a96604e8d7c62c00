package transform

import (
	"context"

	"golang.org/x/sync/errgroup"

	"careshare/sql"
)

// task is something to do once what it comes after is done.
type task struct {
	name  string
	after []string // tasks by name; what is no task is there already
	do    func(context.Context) error
}

// inOrder does each task as soon as those that it comes after are done, a few at a time. The first error stops the rest.
func inOrder(ctx context.Context, tasks []task) error {
	done := make(map[string]chan struct{}, len(tasks))
	for _, t := range tasks {
		done[t.name] = make(chan struct{})
	}
	turns := make(chan struct{}, sql.AtATime)
	group, ctx := errgroup.WithContext(ctx)
	for _, t := range tasks {
		group.Go(func() error {
			if err := t.await(ctx, done); err != nil {
				return err
			}
			select {
			case turns <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			defer func() { <-turns }()
			if err := t.do(ctx); err != nil {
				return err
			}
			close(done[t.name])
			return nil
		})
	}
	return group.Wait()
}

func (t task) await(ctx context.Context, done map[string]chan struct{}) error {
	for _, name := range t.after {
		other, isTask := done[name]
		if !isTask {
			continue
		}
		select {
		case <-other:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
