package bot

import "context"

// Gathered is what the timer of a session does, at the time that Parts.Now says.
func (b *Bot) Gathered(ctx context.Context, id string) error {
	_, err := b.attend(ctx, id, b.Now())
	return err
}
