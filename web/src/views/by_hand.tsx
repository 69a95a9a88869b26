// The desk while an outage is in force: the forms first, large.
import { seen } from "../daemon/status.ts";
import { t } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { take, takings } from "./taking.tsx";

export function ByHand() {
  const { status } = use(seen);
  if (status?.contingency?.service !== "contingency") return null;
  return (
    <section class="card by-hand" aria-label={t("inForce")}>
      <h2>{t("inForce")}</h2>
      <p class="actions">
        {takings()
          .filter(({ collection }) => collection !== "customer")
          .map((one) => (
            <button key={one.letter} type="button" class="primary large" onClick={() => take(one)}>
              {t(one.name)}
            </button>
          ))}
      </p>
    </section>
  );
}
