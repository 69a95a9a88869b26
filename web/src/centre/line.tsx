// One line to type into, with the buttons that settle something with what was typed; Enter presses the first.
import { useState } from "preact/hooks";
import { Problem, useSending } from "../views/sending.tsx";

export interface Ending {
  label: string;
  body: (typed: string) => object;
}

interface Props {
  id: string; // of the line, for its label
  label: string;
  of: string; // what it is about, for those who do not see where it stands
  path: string;
  endings: Ending[];
  primary?: boolean;
}

export function Line({ id, label, of, path, endings, primary = false }: Props) {
  const [typed, setTyped] = useState("");
  const [problem, send] = useSending();
  const settle = ({ body }: Ending): void => void send(path, body(typed));
  return (
    <>
      <Problem text={problem} />
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (endings[0]) settle(endings[0]);
        }}
      >
        <label for={id}>{label}</label>
        <input id={id} autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        {endings.map((ending, place) => (
          <button
            key={ending.label}
            type={place === 0 ? "submit" : "button"}
            class={primary && place === 0 ? "primary" : ""}
            aria-label={`${ending.label}: ${of}`}
            onClick={() => place !== 0 && settle(ending)}
          >
            {ending.label}
          </button>
        ))}
      </form>
    </>
  );
}
