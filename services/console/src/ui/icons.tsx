import type { ComponentChildren } from 'preact';

function icon(children: ComponentChildren) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {children}
    </svg>
  );
}

export const Mark = () => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
    <path d="M5 4h14v3H5zM8 9h8v6H8zM3 17h18v3H3z" />
  </svg>
);
export const SendIcon = () => icon(<path d="M12 19V5m-6 6 6-6 6 6" />);
export const StopIcon = () => icon(<rect class="solid" x="7" y="7" width="10" height="10" rx="1.5" />);
export const PlusIcon = () => icon(<path d="M12 5v14M5 12h14" />);
export const SettingsIcon = () => icon(<path d="M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5v5m-7 5v5" />);
export const SignOutIcon = () => icon(<path d="M10 4H5v16h5m4-12 4 4-4 4m4-4H9" />);
export const ListIcon = () => icon(<path d="M4 6h16M4 12h16M4 18h10" />);
export const TrashIcon = () => icon(<path d="M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13" />);
export const DownIcon = () => icon(<path d="M12 5v14m6-6-6 6-6-6" />);
export const ShieldIcon = () => icon(<path d="M12 3 5 6v6c0 4 3 7 7 9 4-2 7-5 7-9V6z" />);
export const SunIcon = () =>
  icon(
    <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5" />,
  );
export const MoonIcon = () => icon(<path d="M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z" />);
export const CloseIcon = () => icon(<path d="M6 6l12 12M18 6 6 18" />);
export const ThumbUpIcon = () => icon(<path d="M7 11v9H4v-9zm0 8h9l3-6c1-2 0-3-1-3h-5V5c0-1-1-2-2-2l-4 8" />);
export const ThumbDownIcon = () => icon(<path d="M7 13V4H4v9zm0-8h9l3 6c1 2 0 3-1 3h-5v5c0 1-1 2-2 2l-4-8" />);
export const UploadIcon = () => icon(<path d="M12 16V4m-5 5 5-5 5 5M4 16v4h16v-4" />);
export const DownloadIcon = () => icon(<path d="M12 4v12m-5-5 5 5 5-5M4 17v3h16v-3" />);
