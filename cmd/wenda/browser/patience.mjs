// A company that hurries nobody. How soon an agent must accept a chat, and speak in it, is
// told elsewhere; a story in which every page is looked at in four ways takes its time.
export async function hurryNobody(page, server, ...queues) {
  for (const queue of queues) {
    await page.goto(server.url(`/queues/${queue}`));
    for (const [name, seconds] of Object.entries({ accept: "3600", remind: "0", takeback: "0" })) await page.locator(`input[name="${name}"]`).fill(seconds);
    await page.locator(`form[action$="/queues/${queue}"] button`).click();
    await page.waitForURL(/\/queues\?/);
  }
}
